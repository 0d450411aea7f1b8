import campaign.models.terms
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
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
        load_sql('campaign', 'is_sorted_set', 'reward_points'),
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
            name='Terms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('name_ja', models.CharField(max_length=100, verbose_name='name in Japanese')),
                ('name_en', models.CharField(max_length=100, verbose_name='name in English')),
                ('public_at', models.DateTimeField(verbose_name='page public from')),
                ('opens_at', models.DateTimeField(verbose_name='entry from')),
                ('closes_at', models.DateTimeField(db_comment='Exclusive.', verbose_name='entry until')),
                ('travel_first', models.DateField(verbose_name='first travel date')),
                ('travel_last', models.DateField(db_comment='Inclusive.', verbose_name='last travel date')),
                ('minimum_total_yen', models.BigIntegerField(verbose_name='minimum total (yen)')),
                ('reward_cap_points', models.BigIntegerField(verbose_name='largest reward (points)')),
                ('budget_points', models.BigIntegerField(verbose_name='total of all rewards (points)')),
                ('policy', models.CharField(choices=[('stop', 'stop'), ('partial', 'partial')], max_length=100, verbose_name='cut at the budget')),
                ('credit_at', models.DateTimeField(verbose_name='credited at')),
                ('expires_on', models.DateField(db_comment='The last day they are valid.', verbose_name='points expire on')),
                ('time_zone', models.CharField(default='Asia/Tokyo', max_length=100, verbose_name='time zone')),
                ('operator', models.CharField(db_comment='The journey must run over a section of it.', max_length=100, verbose_name='operator')),
                ('kinds_excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds left out')),
                ('kinds_registered', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds that must register before booking')),
                ('kinds_free', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('j_west_card_express', 'J West Card Express'), ('jr_central_express_card', 'Jr Central Express Card'), ('jq_card_express', 'Jq Card Express'), ('smart_ex', 'Smart Ex'), ('smart_ex_overseas', 'Smart Ex Overseas'), ('corporate', 'Corporate'), ('plus_ex', 'Plus Ex'), ('view_express_card', 'View Express Card')], max_length=100), blank=True, default=list, size=None, verbose_name='member kinds that need no registration')),
                ('expected_sales_yen', models.BigIntegerField(db_comment='Of the campaign; the prize law takes its share of this.', verbose_name='expected sales (yen)')),
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
            name='Total',
            fields=[
                ('pk', models.CompositePrimaryKey('campaign_id', 'wester_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('total_yen', models.BigIntegerField(db_comment='Of the counting bookings.')),
                ('bookings', models.IntegerField(db_comment='How many of them count.')),
                ('awaiting_yen', models.BigIntegerField(db_comment='Of bookings that only wait: for the ride, or for their member kind to be clear.')),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='campaign.campaign')),
            ],
            options={
                'verbose_name': 'total',
                'verbose_name_plural': 'totals',
            },
        ),
        migrations.AddConstraint(
            model_name='aggregationshard',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='aggregationshard_once'),
        ),
        migrations.AddConstraint(
            model_name='aggregationshard',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 0)), name='aggregationshard_number_from_0'),
        ),
        migrations.AddConstraint(
            model_name='aggregationshard',
            constraint=models.CheckConstraint(condition=models.Q(('done', False), models.Q(('done', True), ('members__isnull', True)), _connector='OR'), name='aggregationshard_done_names_no_members'),
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
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_ja', ''), _negated=True), models.Q(('name_en', ''), _negated=True), models.Q(('operator', ''), _negated=True)), name='terms_names_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('operator__regex', '^[ -~]*$')), name='terms_operator_is_ascii'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__lte', datetime.date(2099, 12, 31)), ('public_at__gte', datetime.datetime(1999, 12, 31, 15, 0, tzinfo=datetime.timezone.utc)), ('travel_first__gte', datetime.date(2000, 1, 1))), name='terms_dates_from_2000_to_2099'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('public_at__lte', models.F('opens_at'))), name='terms_public_before_entry'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='terms_entry_opens_before_closing'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('travel_first__lte', models.F('travel_last'))), name='terms_travel_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('credit_at__gte', models.F('closes_at'))), name='terms_credit_after_entry'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('travel_last__lt', campaign.models.terms.JapaneseDay('credit_at'))), name='terms_credit_after_travel'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__gt', campaign.models.terms.JapaneseDay('credit_at'))), name='terms_expiry_after_credit'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('public_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('opens_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('closes_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('credit_at')), 1), 0)), name='terms_instants_whole_seconds'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_total_yen__range', (1, 9007199254740991))), name='terms_minimum_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('reward_cap_points__range', (1, 9007199254740991))), name='terms_cap_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('budget_points__range', (1, 9007199254740991))), name='terms_budget_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('expected_sales_yen__range', (1, 9007199254740991))), name='terms_sales_in_range'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('policy__in', ['stop', 'partial'])), name='terms_policy_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('time_zone', 'Asia/Tokyo')), name='terms_time_zone_is_japan'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('kinds_excluded__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card']), ('kinds_free__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card']), ('kinds_registered__contained_by', ['j_west_card_express', 'jr_central_express_card', 'jq_card_express', 'smart_ex', 'smart_ex_overseas', 'corporate', 'plus_ex', 'view_express_card'])), name='terms_kinds_known'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kinds_excluded__overlap', models.F('kinds_registered')), _negated=True), models.Q(('kinds_excluded__overlap', models.F('kinds_free')), _negated=True), models.Q(('kinds_registered__overlap', models.F('kinds_free')), _negated=True)), name='terms_kinds_on_one_list'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(campaign.models.terms.IsSortedSet('kinds_excluded'), campaign.models.terms.IsSortedSet('kinds_registered'), campaign.models.terms.IsSortedSet('kinds_free')), name='terms_kinds_sorted_once'),
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
        # A member's total changes from night to night: with room on the page no index is written.
        migrations.RunSQL(
            'ALTER TABLE campaign_total SET (fillfactor = 85)',
            'ALTER TABLE campaign_total RESET (fillfactor)',
        ),
        load_sql('campaign', 'campaign_triggers', 'terms_triggers', 'total_triggers'),
    ]
