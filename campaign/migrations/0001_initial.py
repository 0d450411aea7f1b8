import campaign.models.terms
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.math
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '__first__'),
    ]

    operations = [
        load_sql('campaign', 'is_sorted_set', 'fits', 'rewards', 'values_by_facts'),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_collation='C', max_length=40, unique=True, verbose_name='code')),
                ('entries_frozen_at', models.DateTimeField(blank=True, db_comment='Set by the freeze, cleared by a void; while it is set, members cannot enter.', editable=False, null=True, verbose_name='entries frozen at')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9_-]{1,40}$')), name='campaign_code_is_identifier')],
            },
        ),
        migrations.CreateModel(
            name='UnfinishedDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_collation='C', max_length=40, unique=True, verbose_name='code')),
                ('content', models.JSONField(db_comment='As a campaign file; null where nothing was given yet.', verbose_name='content')),
            ],
            options={
                'verbose_name': 'unfinished draft',
                'verbose_name_plural': 'unfinished drafts',
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9_-]{1,40}$')), name='unfinisheddraft_code_is_identifier'), models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func('content', function='jsonb_typeof', output_field=models.TextField()), models.Value('object'))), name='unfinisheddraft_content_is_object')],
            },
        ),
        migrations.CreateModel(
            name='DueMember',
            fields=[
                ('pk', models.CompositePrimaryKey('campaign_id', 'wester_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='due_members', to='campaign.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('series_code', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='series')),
                ('series_course', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='course in the series')),
                ('series_carried', models.BooleanField(db_comment='An entry to another campaign of the same course is an entry to this one.', default=False, verbose_name='entries to the series are carried over')),
                ('name_ja', models.CharField(max_length=100, verbose_name='name in Japanese')),
                ('name_en', models.CharField(max_length=100, verbose_name='name in English')),
                ('public_at', models.DateTimeField(verbose_name='page public from')),
                ('opens_at', models.DateTimeField(verbose_name='entry from')),
                ('closes_at', models.DateTimeField(db_comment='Exclusive.', verbose_name='entry until')),
                ('entry_needed', models.BooleanField(default=True, verbose_name='members must enter')),
                ('credit_at', models.DateTimeField(verbose_name='credited at')),
                ('expires_on', models.DateField(db_comment='The last day they are valid.', verbose_name='points expire on')),
                ('kept_until', models.DateField(db_comment='After it, what is kept of members may be erased.', verbose_name='data kept until')),
                ('time_zone', models.CharField(default='Asia/Tokyo', max_length=100, verbose_name='time zone')),
                ('touches', models.JSONField(db_comment='As in a campaign file: services, operator and lines; one of them must fit.', verbose_name='sections that a journey must touch')),
                ('travel', models.JSONField(db_comment='As in a campaign file: first and last day, both included.', verbose_name='travel periods')),
                ('booked_from', models.DateTimeField(blank=True, null=True, verbose_name='booked from')),
                ('booked_until', models.DateTimeField(blank=True, db_comment='Exclusive.', null=True, verbose_name='booked until')),
                ('products_excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('standard', 'standard'), ('discount', 'discount'), ('rail_points', 'paid with points'), ('fare_only', 'fare only')], max_length=100), blank=True, default=list, size=None, verbose_name='products left out')),
                ('channels_excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('web', 'web page'), ('app', 'app'), ('counter', 'ticket office'), ('agency', 'travel agency')], max_length=100), blank=True, default=list, size=None, verbose_name='sales channels left out')),
                ('payment_methods', models.JSONField(blank=True, db_comment='By service, those that count; any for a service that is not named.', default=dict, verbose_name='ways of paying')),
                ('kinds_excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds left out')),
                ('kinds_registered', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds that must register before booking')),
                ('kinds_free', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds that need no registration')),
                ('phone_changes_excluded', models.BooleanField(default=True, verbose_name='changes by telephone left out')),
                ('stopovers_excluded', models.BooleanField(default=True, verbose_name='broken journeys left out')),
                ('minimum_total_yen', models.BigIntegerField(verbose_name='minimum total (yen)')),
                ('lots_yen', models.BigIntegerField(blank=True, db_comment='Null: one lot for each entrant.', null=True, verbose_name='yen for a lot')),
                ('lots_most', models.PositiveIntegerField(default=1, verbose_name='most lots by yen')),
                ('lots_times', models.JSONField(blank=True, db_comment='As in a campaign file.', default=list, verbose_name='lots multiplied')),
                ('budget_points', models.BigIntegerField(verbose_name='total of all rewards (points)')),
                ('edge', models.CharField(choices=[('stop', 'stop'), ('partial', 'partial')], max_length=7, verbose_name='where the budget ends')),
                ('expected_sales_yen', models.BigIntegerField(db_comment='Of the campaign; the prize law takes its share of this.', verbose_name='expected sales (yen)')),
                ('expected_sales_basis', models.TextField(verbose_name='basis of the expected sales')),
                ('texts', models.JSONField(db_comment='As in a campaign file, in both languages.', verbose_name='texts of the pages')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='campaign.campaign', verbose_name='campaign')),
                ('published_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'terms',
                'verbose_name_plural': 'terms',
                'permissions': [('request_publication', 'Can ask for terms to be published or revised')],
            },
        ),
        migrations.CreateModel(
            name='Prize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(db_comment="From 1, in the plan's order.", verbose_name='number')),
                ('code', models.CharField(db_collation='C', max_length=40, verbose_name='code')),
                ('name_ja', models.CharField(max_length=100, verbose_name='name in Japanese')),
                ('name_en', models.CharField(max_length=100, verbose_name='name in English')),
                ('take', models.CharField(choices=[('all', 'everybody'), ('winners', 'a number of winners'), ('one_in', 'one in so many')], max_length=7, verbose_name='who wins')),
                ('take_count', models.BigIntegerField(blank=True, db_comment='Null: everybody.', null=True, verbose_name='number of winners, or one in')),
                ('minimum_total_yen', models.BigIntegerField(blank=True, db_comment='Its own; null: that of the campaign.', null=True, verbose_name='minimum total (yen)')),
                ('beside', models.BooleanField(db_comment='False: earlier winners do not.', default=False, verbose_name='won beside earlier prizes')),
                ('kind', models.CharField(choices=[('spent', 'a share of what was spent'), ('fixed', 'fixed points'), ('pool', 'a share of a pool')], max_length=5, verbose_name='kind of reward')),
                ('percent', models.BigIntegerField(blank=True, null=True, verbose_name='percent of what was spent')),
                ('cap', models.BigIntegerField(blank=True, null=True, verbose_name='largest reward (points)')),
                ('cap_if', models.JSONField(blank=True, db_comment='As in a campaign file.', default=list, verbose_name='other caps')),
                ('points', models.BigIntegerField(blank=True, db_comment='Of each winner, or of the whole pool.', null=True, verbose_name='points')),
                ('terms', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='prizes', to='campaign.terms', verbose_name='terms')),
            ],
            options={
                'verbose_name': 'prize',
                'verbose_name_plural': 'prizes',
            },
        ),
        migrations.CreateModel(
            name='AggregationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('full', 'full'), ('incremental', 'incremental')], max_length=11, verbose_name='mode')),
                ('night', models.DateField(blank=True, db_comment='Of a nightly run; null when ops started it.', null=True, verbose_name='night')),
                ('terms_sha256', models.CharField(db_comment='Of those terms as the run began: a draft can change.', max_length=64)),
                ('as_of', models.DateTimeField(db_comment='What was loaded by then is in it.', verbose_name='as of')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='campaign.campaign', verbose_name='campaign')),
                ('terms', models.ForeignKey(db_comment='Applied by every shard, whatever is published while it runs.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.terms', verbose_name='terms')),
            ],
            options={
                'verbose_name': 'aggregation run',
                'verbose_name_plural': 'aggregation runs',
                'permissions': [('start_run', 'Can start the totals of a campaign')],
            },
        ),
        migrations.CreateModel(
            name='Total',
            fields=[
                ('pk', models.CompositePrimaryKey('campaign_id', 'wester_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('total_yen', models.BigIntegerField(db_comment='Of the counting bookings.')),
                ('bookings', models.IntegerField(db_comment='How many of them count.')),
                ('awaiting_yen', models.BigIntegerField(db_comment='Of bookings that only wait: for the ride, or for their member kind to be clear.')),
                ('facts', models.SmallIntegerField(db_comment='Bits of campaign.facts, by the counting bookings.', db_default=0, default=0)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='campaign.campaign')),
            ],
            options={
                'verbose_name': 'total',
                'verbose_name_plural': 'totals',
            },
        ),
        migrations.CreateModel(
            name='AggregationShard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('members', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(db_collation='C', max_length=40), db_comment='Whom an incremental run computes here, until it is done; null in a full one.', null=True, size=None)),
                ('done', models.BooleanField(db_default=False)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='shards', to='campaign.aggregationrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='aggregationshard_once'), models.CheckConstraint(condition=models.Q(('number__gte', 0)), name='aggregationshard_number_from_0'), models.CheckConstraint(condition=models.Q(('done', False), models.Q(('done', True), ('members__isnull', True)), _connector='OR'), name='aggregationshard_done_names_no_members')],
            },
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.UniqueConstraint(fields=('campaign', 'version'), name='terms_one_per_version'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', True), ('published_by__isnull', True)), fields=('campaign',), name='terms_one_draft_per_campaign'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='terms_draft_or_published'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='terms_version_from_1'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(models.Q(('name_ja', ''), _negated=True), models.Q(('name_en', ''), _negated=True), models.Q(('expected_sales_basis', ''), _negated=True)), _connector='OR'), name='terms_names_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('series_code__isnull', True), ('series_code__regex', '^[A-Za-z0-9_-]{1,40}$'), _connector='OR'), models.Q(('series_course__isnull', True), ('series_course__regex', '^[A-Za-z0-9_-]{1,40}$'), _connector='OR')), name='terms_series_codes_are_identifiers'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('series_code__isnull', False), models.Q(('series_carried', False), ('series_course__isnull', True)), _connector='OR'), name='terms_course_of_a_series'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('kept_until__lte', datetime.date(2099, 12, 31)), ('public_at__gte', datetime.datetime(1999, 12, 31, 15, 0, tzinfo=datetime.timezone.utc))), name='terms_dates_from_2000_to_2099'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('public_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('opens_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('closes_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('credit_at')), 1), 0), models.Q(('booked_from__isnull', True), models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('booked_from')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('booked_until')), 1), 0)), _connector='OR')), name='terms_instants_whole_seconds'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked_from__isnull', True), ('booked_until__isnull', True)), models.Q(('booked_from__isnull', False), ('booked_until__isnull', False)), _connector='OR'), name='terms_booked_has_both_ends'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_total_yen__range', (1, 1000000000000))), name='terms_minimum_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('budget_points__range', (1, 1000000000000))), name='terms_budget_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('expected_sales_yen__range', (1, 1000000000000))), name='terms_sales_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('edge__in', ['stop', 'partial'])), name='terms_edge_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('time_zone', 'Asia/Tokyo')), name='terms_time_zone_is_japan'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('channels_excluded__contained_by', ['web', 'app', 'counter', 'agency']), ('kinds_excluded__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card']), ('kinds_free__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card']), ('kinds_registered__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card']), ('products_excluded__contained_by', ['standard', 'discount', 'rail_points', 'fare_only'])), _connector='OR'), name='terms_lists_of_known_values'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), django.db.models.fields.json.ContainedBy(models.Func('touches', models.Value('$[*].services[*]'), function='jsonb_path_query_array', output_field=models.JSONField()), models.Value(['e5489', 'ex_yoyaku', 'smart_ex'], output_field=models.JSONField())), _connector='OR'), name='terms_services_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('payment_methods__contained_by', {'e5489': ['bank', 'convenience_store', 'other_card', 'points', 'registered_card', 'station'], 'ex_yoyaku': ['bank', 'convenience_store', 'other_card', 'points', 'registered_card', 'station'], 'smart_ex': ['bank', 'convenience_store', 'other_card', 'points', 'registered_card', 'station']}), _connector='OR'), name='terms_payment_methods_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), django.db.models.fields.json.ContainedBy(models.Func('lots_times', models.Value('$[*].when[*]'), function='jsonb_path_query_array', output_field=models.JSONField()), models.Func(models.Func('touches', models.Value('$[*].services[*]'), function='jsonb_path_query_array', output_field=models.JSONField()), models.Value(['ticketless'], output_field=models.JSONField()), arg_joiner=' || ', template='(%(expressions)s)')), _connector='OR'), name='terms_facts_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.IsSortedSet('kinds_excluded'), campaign.models.terms.IsSortedSet('kinds_registered'), campaign.models.terms.IsSortedSet('kinds_free'), campaign.models.terms.IsSortedSet('products_excluded'), campaign.models.terms.IsSortedSet('channels_excluded')), name='terms_lists_sorted_once'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('touches', function='campaign_touches_fit')), name='terms_touches_fit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('travel', function='campaign_travel_fits')), name='terms_travel_fits'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('payment_methods', function='campaign_payment_methods_fit')), name='terms_payment_methods_fit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('texts', function='campaign_texts_fit')), name='terms_texts_fit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), campaign.models.terms.Fits('texts', function='campaign_texts_given'), _connector='OR'), name='terms_texts_given'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('lots_times', models.Value('times'), models.Value(2), models.Value(65535), function='campaign_whens_fit')), name='terms_lots_times_fit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lots_most', 1), ('lots_yen__isnull', True)), models.Q(('lots_yen__isnull', False), ('lots_yen__range', (1, 1000000000000)), ('lots_most__gte', 1)), _connector='OR'), name='terms_lots_by_yen'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('lots_most'), '*', models.Func('lots_times', function='campaign_greatest_times', output_field=models.BigIntegerField())), 65535)), name='terms_lots_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('public_at__lte', models.F('opens_at')), _connector='OR'), name='terms_public_before_entry'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('opens_at__lt', models.F('closes_at')), _connector='OR'), name='terms_entry_opens_before_closing'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), campaign.models.terms.Fits('travel', function='campaign_travel_in_order'), _connector='OR'), name='terms_travel_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('booked_from__isnull', True), ('booked_from__lt', models.F('booked_until')), _connector='OR'), name='terms_booked_in_order'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(('credit_at__gte', models.F('closes_at')), models.Q(('booked_until__isnull', True), ('credit_at__gte', models.F('booked_until')), _connector='OR')), _connector='OR'), name='terms_credit_after_entry'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), django.db.models.lookups.LessThan(campaign.models.terms.LastTravelDay('travel'), campaign.models.terms.JapaneseDay('credit_at')), _connector='OR'), name='terms_credit_after_travel'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('expires_on__gte', campaign.models.terms.JapaneseDay('credit_at')), _connector='OR'), name='terms_expiry_after_credit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('kept_until__gte', models.F('expires_on')), _connector='OR'), name='terms_kept_until_expiry'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), models.Q(models.Q(('kinds_excluded__overlap', models.F('kinds_registered')), _negated=True), models.Q(('kinds_excluded__overlap', models.F('kinds_free')), _negated=True), models.Q(('kinds_registered__overlap', models.F('kinds_free')), _negated=True)), _connector='OR'), name='terms_kinds_on_one_list'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by__isnull', True)), ('entry_needed', True), models.Q(('series_carried', False), ('series_course__isnull', True)), _connector='OR'), name='terms_no_series_without_entry'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.UniqueConstraint(fields=('terms', 'number'), name='prize_number_once'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.UniqueConstraint(fields=('terms', 'code'), name='prize_code_once'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(('number__range', (1, 16))), name='prize_number_from_1_to_16'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9_-]{1,40}$')), name='prize_code_is_identifier'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('take', 'all'), ('take_count__isnull', True)), models.Q(('take', 'winners'), ('take_count__isnull', False), ('take_count__range', (1, 1000000000000))), models.Q(('take', 'one_in'), ('take_count__isnull', False), ('take_count__range', (2, 1000000000000))), _connector='OR'), name='prize_take_has_its_count'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_total_yen__isnull', True), ('minimum_total_yen__range', (1, 1000000000000)), _connector='OR'), name='prize_minimum_in_range'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(('beside', False), ('take', 'all'), _connector='OR'), name='prize_beside_takes_all'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'spent'), ('percent__range', (1, 1000)), ('points__isnull', True), ('cap__isnull', False), ('percent__isnull', False), ('cap__range', (1, 1000000000000))), models.Q(('cap__isnull', True), ('kind', 'fixed'), ('percent__isnull', True), ('points__isnull', False), ('points__range', (1, 1000000000000))), models.Q(('kind', 'pool'), ('percent__isnull', True), ('points__isnull', False), models.Q(('cap__isnull', True), ('cap__range', (1, 1000000000000)), _connector='OR'), ('points__range', (1, 1000000000000))), _connector='OR'), name='prize_reward_has_its_words'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pool'), _negated=True), models.Q(('minimum_total_yen__isnull', True), ('take', 'all')), _connector='OR'), name='prize_pool_takes_all'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.Fits('cap_if', models.Value('cap'), models.Value(1), models.Value(1000000000000), function='campaign_whens_fit'), models.Q(('cap_if', []), ('kind', 'spent'), _connector='OR')), name='prize_cap_if_fits'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrun',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('campaign',), name='aggregationrun_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrun',
            constraint=models.UniqueConstraint(fields=('campaign', 'night'), name='aggregationrun_one_per_night'),
        ),
        migrations.AddConstraint(
            model_name='aggregationrun',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['full', 'incremental'])), name='aggregationrun_mode_known'),
        ),
        migrations.AddConstraint(
            model_name='total',
            constraint=models.CheckConstraint(condition=models.Q(('awaiting_yen__gte', 0), ('bookings__gte', 0), ('total_yen__gte', 0)), name='total_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='total',
            constraint=models.CheckConstraint(condition=models.Q(('bookings__gt', 0), ('total_yen', 0), _connector='OR'), name='total_yen_of_some_booking'),
        ),
        migrations.AddConstraint(
            model_name='total',
            constraint=models.CheckConstraint(condition=models.Q(('facts__range', (0, 15)), models.Q(('bookings__gt', 0), ('facts', 0), _connector='OR')), name='total_facts_of_some_booking'),
        ),
        migrations.CreateModel(
            name='ReasonCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_comment='Of campaign.rules; or pending, or counts: without a reason.', max_length=40)),
                ('bookings', models.BigIntegerField()),
                ('yen', models.BigIntegerField()),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reason_counts', to='campaign.aggregationrun')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('run', 'code'), name='reasoncount_once'), models.CheckConstraint(condition=models.Q(('bookings__gte', 0), ('yen__gte', 0)), name='reasoncount_not_negative')],
            },
        ),
        # A member's total changes from night to night: with room on the page no index is written.
        migrations.RunSQL(
            'ALTER TABLE campaign_total SET (fillfactor = 85)',
            'ALTER TABLE campaign_total RESET (fillfactor)',
        ),
        load_sql('campaign', 'planned_prize', 'campaign_triggers', 'terms_triggers', 'prize_triggers', 'total_triggers'),
    ]
